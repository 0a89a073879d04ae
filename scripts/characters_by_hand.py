"""Facts on characters that no source table has, written by hand for build_characters.py."""

#: Readings in surname position, where they differ from, or are fewer than, the readings of the character.
SURNAMES = """
单 shan;仇 qiu;解 xie;曾 zeng;查 zha;盖 ge gai;区 ou;朴 piao;尉 wei yu;翟 zhai di;任 ren;覃 qin tan;冼 xian;洗 xian
乐 yue le;缪 miao;沈 shen;贾 jia;盛 sheng;石 shi;叶 ye;万 wan;车 che;葛 ge;柏 bai bo;俞 yu;谷 gu;费 fei;纪 ji
隗 wei kui;郗 xi chi;员 yun;折 she;谌 chen shen;召 shao;种 chong;黑 he hei;秘 bi;祭 zhai;能 nai;那 na;佴 nai;逄 pang
莘 shen xin;应 ying;訾 zi;宿 su;粘 nian;句 gou;褚 chu;过 guo;牟 mou mu;繁 po;乜 nie;哈 ha;笪 da;郝 hao;华 hua
燕 yan;令 ling;干 gan;阚 kan;宁 ning;甯 ning;藏 zang;都 du;行 xing;长 zhang;重 chong;曲 qu;相 xiang;殷 yin;於 yu
余 yu;佘 she;占 zhan;伯 bo;薄 bo;暴 bao;宓 mi fu;郇 xun huan;眭 sui;睢 sui;冯 feng;强 qiang;瞿 qu;幺 yao;么 yao
郄 qie xi;咸 xian;生 sheng;上 shang;朝 chao;炅 gui;斛 hu;啜 chuai;揣 chuai;滑 hua;夹 jia;甄 zhen;嵇 ji;稽 ji;藉 ji
逢 pang feng;蒙 meng;颉 xie;续 xu;隋 sui;六 lu;陆 lu;台 tai;塔 ta;校 xiao;贲 ben;扁 bian;参 shen;钭 tou;撒 sa;沙 sha
卜 bu;厍 she;舍 she;阿 a;巴 ba;不 fou;适 kuo;洼 wa;尚 shang;曹 cao;合 he;吾 wu;信 xin;兴 xing;肖 xiao;便 pian
艾 ai;鲍 bao;卞 bian;晁 chao;柴 chai;宗 zong;邓 deng;狄 di;丁 ding;范 fan;傅 fu;戈 ge;勾 gou;古 gu;关 guan;桂 gui
郭 guo;和 he;弘 hong;侯 hou;胡 hu;扈 hu;家 jia;简 jian;姜 jiang;降 jiang;角 jue;靳 jin;经 jing;居 ju;鞠 ju;卷 juan
康 kang;空 kong;邝 kuang;赖 lai;蓝 lan;郎 lang;劳 lao;黎 li;栗 li;连 lian;廖 liao;林 lin;刘 liu;隆 long;娄 lou
卢 lu;陇 long;逯 lu;吕 lv;罗 luo;麻 ma;满 man;孟 meng;糜 mi;闵 min;莫 mo;穆 mu;倪 ni;聂 nie;年 nian;欧 ou
潘 pan;庞 pang;裴 pei;彭 peng;皮 pi;平 ping;蒲 pu;戚 qi;亓 qi;齐 qi;钱 qian;乔 qiao;谯 qiao;秦 qin;邱 qiu;屈 qu
冉 ran;饶 rao;融 rong;阮 ruan;芮 rui;桑 sang;邵 shao;申 shen;施 shi;舒 shu;司 si;宋 song;苏 su;孙 sun;谭 tan
汤 tang;唐 tang;陶 tao;田 tian;仝 tong;佟 tong;涂 tu;妥 tuo;汪 wang;王 wang;危 wei;韦 wei;魏 wei;闻 wen;邬 wu
吴 wu;伍 wu;夏 xia;向 xiang;项 xiang;萧 xiao;谢 xie;邢 xing;熊 xiong;徐 xu;许 xu;薛 xue;牙 ya;严 yan;颜 yan
杨 yang;姚 yao;易 yi;尹 yin;尤 you;于 yu;喻 yu;袁 yuan;岳 yue;恽 yun;臧 zang;詹 zhan;张 zhang;赵 zhao;郑 zheng
周 zhou;朱 zhu;竺 zhu;祝 zhu;庄 zhuang;卓 zhuo;邹 zou;祖 zu;左 zuo;仉 zhang;禤 xuan;缑 gou;麴 qu;庹 tuo;晏 yan
"""

#: Compound surnames with their readings.
COMPOUNDS = """
欧阳 ou yang;司马 si ma;上官 shang guan;诸葛 zhu ge;万俟 mo qi;尉迟 yu chi;长孙 zhang sun;令狐 ling hu;澹台 tan tai
单于 chan yu;乐正 yue zheng;宰父 zai fu;夏侯 xia hou;皇甫 huang fu;公孙 gong sun;慕容 mu rong;司徒 si tu;司空 si kong
端木 duan mu;东方 dong fang;独孤 du gu;南宫 nan gong;西门 xi men;东郭 dong guo;东门 dong men;南门 nan men;北宫 bei gong
闻人 wen ren;赫连 he lian;宇文 yu wen;轩辕 xuan yuan;申屠 shen tu;淳于 chun yu;濮阳 pu yang;太叔 tai shu;仲孙 zhong sun
钟离 zhong li;鲜于 xian yu;闾丘 lv qiu;亓官 qi guan;司寇 si kou;巫马 wu ma;公西 gong xi;漆雕 qi diao;壤驷 rang si
公良 gong liang;拓跋 tuo ba;夹谷 jia gu;谷梁 gu liang;百里 bai li;呼延 hu yan;羊舌 yang she;微生 wei sheng;梁丘 liang qiu
左丘 zuo qiu;公冶 gong ye;公羊 gong yang;宗政 zong zheng;第五 di wu;段干 duan gan;贺兰 he lan;完颜 wan yan;纳兰 na lan
耶律 ye lv;叶赫 ye he;那拉 na la;爱新 ai xin;哥舒 ge shu;侯莫 hou mo;屈突 qu tu;呼衍 hu yan;欧侯 ou hou;子车 zi ju
颛孙 zhuan sun;归海 gui hai;有琴 you qin;墨哈 mo ha;谯笪 qiao da;晋楚 jin chu;仉督 zhang du;岳帅 yue shuai
"""

#: Forms of one character that OpenCC keeps apart: each group folds to its first character.
VARIANTS = """
升昇陞 苏甦 村邨 径逕 熔镕鎔 秘祕 睿叡 勋勳 浚濬 同仝 庵菴 峰峯 群羣 岳嶽 昆崑崐 仑崙侖 乃迺廼 坤堃 哲喆 宁甯寧寗 惠恵
广広 樱桜 德徳悳 溪渓 户戸戶 边辺邊 黑黒 步歩 龙竜 荣栄 穗穂 姬姫 晓暁 俞兪 吴呉吳 真眞 慎愼 颜顔 彦彥 淑俶 青靑 清淸
教敎 映暎 皓晧皜 皙晳 阶堦 妙玅 幸倖 晖暉 辉煇 炯烱 咏詠 暖煖 烟煙 灶竈 杰傑 杯盃 钟鍾锺鐘 珍珎 宝寶寳 梅楳 松枩
昂昻 册冊 冰氷 丘坵 蕊蘂蕋橤 花蘤 艳豔艷 奇竒 美羙 凉涼 况況 净淨 凌淩 潜潛 沈瀋 赞讚贊 赟贇 辉輝 强彊強 泛汎
玺璽 琉瑠 瑰瓌 璇璿琁 琅瑯 琴琹 瑟璱 碗盌 岩巖巌嵒 岛嶋島 崭嶄 崧嵩 峨峩 鉴鑑鑒 锈銹鏽 针鍼 钵鉢 铁鐵鉄 钻鑚
艺藝 芸蕓 苹蘋 萱萲蕿 蓝藍 兰蘭 草艸 葱蔥 莲蓮 韭韮 菇菰 荪蓀 婵嬋 娘孃 婶嬸 姗姍 妍姸 奶嬭 侄姪 妆粧妝 孃娘
恒恆 悦悅 恩恵 惇敦 忆憶 凯凱 恺愷 飞飛 鹏鵬 鸿鴻 鹤鶴 燕鷰 雁鴈 鸦鵶 鸡雞鷄 猫貓 麟鱗麐 鳄鱷 鳌鰲 鲜鱻
启啓啟 吃喫 叶葉 唇脣 哗譁 吟唫 和龢咊 喜憙 嚣囂 善譱 园園薗 国國囯圀 图圖 圣聖 坚堅 坛壇罈 堤隄 墙牆 坝壩
历歷曆厤 厕廁 厅廳 厨廚 厦廈 厩廄 庙廟庿 废廢 庄莊庒 床牀 库庫 应應応 弥彌瀰 弦絃 弃棄 彩綵 径徑 后後
扬揚敭 拓搨 携攜擕 抬擡 捆綑 救捄 敕勅 斋齋 斗鬥 时時旹 昏昬 晋晉 历暦 曜燿 朗朖 期朞 本夲 朵朶 杠槓
栖棲 栀梔 棋碁棊 楠枏 概槪 橹櫓 檐簷 欣訢 欢歡懽 款欵 歌謌 气氣 汇匯彙 汤湯 沿㳂 泪淚 洁潔 洒灑 浙淛 浅淺 涌湧 淳湻
游遊 溯泝 滨濱 灵靈霛 灾災烖 炉爐 炮砲 烦煩 焰燄 熏燻 爱愛 爷爺 牦氂 犁犂 狸貍 独獨 珐琺 玩翫 琐瑣 璃瓈 瓶缾 留畱
略畧 异異 疏疎 痒癢 发發髮 皋皐臯 盏盞 盗盜 众眾衆 矩榘 砖磚甎 碰踫 祀禩 祷禱 禄祿 秋秌穐 秆稈 稚穉 积積 窗窻牕
窑窯窰 竖豎 笃篤 笑咲 笔筆 筱篠 粮糧 糖餹 粽糉 系係繫 紧緊 绣繡 绵綿緜 线線綫 绷繃 网網 罗羅 翱翺 耻恥 肃肅 胆膽
胸胷 脉脈 脚腳 腊臘 腮顋 膑臏 卧臥 舆輿 舍捨 芦蘆 茎莖 范範 荐薦 菱蔆 萝蘿 蔼藹 蕴藴 虫蟲 蚁蟻 蝶蜨 蜡蠟 蝉蟬 蝎蠍 褒襃
里裏裡 觉覺 誉譽 谊誼 谋謀 谱譜 猪豬 贝貝 赏賞 跃躍 踪蹤 踏蹋 躬躳 轮輪 辞辭 迹跡蹟 逊遜 迪廸 迥逈 遍徧 邻鄰 郁鬱 酬酧
采採 野埜壄 钧鈞 锋鋒 锦錦 闲閒閑 间間 闽閩 阔闊濶 隽雋 雍雝 霁霽 霓蜺 鞍鞌 韵韻 项項 顺順 颖穎頴 飘飄 饰飾 驰馳 骏駿 骑騎 鱼魚
鼎鼑 齐齊 龄齡 龟龜 吕呂 黄黃 温溫 录錄録 绿綠緑 禄祿 说說説 税稅 悦悅 阅閱 锐銳鋭 脱脫 内內 为為爲 即卽 既旣 丰豐 钰鈺 瑶瑤 遥遙
产產 却卻 绪緖緒 尚尙 兖兗 闰閏 润潤 芈羋 巨鉅 奂奐 焕煥 涣渙 唤喚 换換 研硏 刊刋 并幷並竝併 亘亙 丑醜 姜薑 余餘 於于
"""

#: Characters that are taken for one another although they share no main component.
LOOKALIKES = """
未末 己已巳 人入八 土士 干千于 王玉主壬 田由甲申电 天夭无夫 大太犬丈 日曰目白 木本术 午牛 刀力刁 风凤 戊戌戍成 侯候 陈阵 彬杉
辛幸 昊吴 晴睛 析折 熙照 荣莱茉 崇祟 治冶 泠冷 准淮 汪注 住往佳 今令 吉古 含合 名各 官宫 宣宜 厉历 卢户 亨享 哀衷衰 券卷 钓钩
免兔 鸟乌岛 拔拨 博搏傅 师帅 卯卵 九丸凡 斤斥 丘兵 季李 考老 祁郎 郎朗 邓邛 邢刑 栋株 珠殊 坚竖 望忘 瑞端 梁粱 范苑 荀苟 常裳
堂棠党 龙尤 友发 勇男 秦泰奉春奏 贷贺货 金全 明朋 阳阴 丽两 芳劳 颖颍 晋普 晟晨 淑椒 昱翌 开井 元无 见贝 毛手 云去 正止 仁仕 代伐
伟佛 任仕 依衣 俊浚 兰三 关天 冰水 永水 利刚 刚则 加如 北比 卫卩 历厂 叶汁 向问 君群 启后 和知 哲誓 唐康 善喜 嘉喜 国图 圆园 坤坪
培倍 墨黑 壮状 复夏 孟盂 学字 宁丁 宇字 安女 宏宠 宝实 家豪 容客 密蜜 寒赛 寿春 小少 尧尤 巧功 市布 希布 帆帜 平乎 年午 庆厌 庭廷
建健 弘宏 强张 徐除 德得 志忠 思恩 恒垣 悦说 惠慧 慧彗 成咸 才寸 承丞 政攻 敏梅 文方 斌武 新欣 施旋 旭旮 昌晶 星是 春香 晓哓 景影
朱未 杏否 杜社 来未 杰烈 松柏 林森 柳卯 栗粟 桂佳 梓锌 森淼鑫焱垚 楠南 欢次 武式 毅殷 江汪 沙少 泉皋 洋海 洪共 浩皓 海每 涛寿 淳谆
清青 源原 滔稻 潇萧 澜谰 炎淡 然燃 燕蒸 爽夹 牧攻 玲玮 珊删 珍诊 琴岑 琼京 瑜渝 璐露 生牛 皓浩 盛威 石右 祥样 秀季 立之 章童 竹行
笑竿 红江 纯屯 群君 义叉 翠卒 聪总 胜性 自白 良艮 艳绝 若苦 英莫 茂戊 莉利 菊匊 萍苹 蓉容 薇微 虎虑 融隔 诚城 谦歉 贤坚 贵责 超赵
车东 辉挥 达边 远近 进近 逸免 道首 钧均 铁失 锋峰 长张 陆际 雅推 雨丽 雪雷 霖淋 霞霜 静净 飞乙 马乌 骏俊 魁鬼 鲁鱼 麟鳞 龚龙 子孑
轶轩轧 春舂 彤形 怡恰 芮苪 煜焜 苒再 薛薜 耀跃 苗笛 荔荡 隽售 雄雅 鹤鸽 雯霏 沁泌 豪亳 闻间 飒飓 顾颐 盈盆 绍给 缘绿 毓疏
"""
